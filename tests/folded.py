"""What is left of a matrix once it is folded, laid out as it stands: what the solver's runs are compared with."""

from __future__ import annotations

import scipy.sparse as sp

from muster.plan.firstorder.fold import Fold


def left_of(entries: sp.csc_array, folded: Fold) -> sp.csc_array:
    """Return the columns of a matrix that remain, those that changed last."""
    same = len(folded.kept) - folded.changed.shape[1]
    return sp.csc_array(sp.hstack([entries[:, folded.kept[:same]], folded.changed]))
