"""Requests for goods, the split of a scarce one over them, and the waybills that follow."""
