"""Planning as a job, ordered on a page and done in another process; economies in versions; maps and policies."""
