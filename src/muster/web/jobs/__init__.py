"""Planning as a job: ordered on a page, done in another process; economies in versions; what plans and policies show."""
