"""Wrong variants of statements, and which evidence rejects them: what the evidence on a claim is worth."""
