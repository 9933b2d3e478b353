"""What people open: one HTML file, one XLSX."""
