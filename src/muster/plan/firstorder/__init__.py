"""A first-order solver for linear programs that no factorisation gets through: no matrix is ever factored.

Reflected Halpern iterations of primal-dual hybrid gradient, restarted, in which how far each amount and each price may
move follows from how far it has moved before.
"""
