"""Tables -> rows and columns of the matrix."""
