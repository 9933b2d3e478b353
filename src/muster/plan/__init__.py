"""What to do: economy -> blocks -> matrix -> solution -> plan."""
