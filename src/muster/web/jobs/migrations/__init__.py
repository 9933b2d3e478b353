"""Changes of the tables of jobs and economies."""
