"""The public version of a place's page: without login, cookies and names of people; off until it is switched on."""
