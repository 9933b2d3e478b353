"""The web application: pages for those who count, are served, decide and check; it calls services and shows."""
