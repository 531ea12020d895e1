"""The rules of trust, a file a subject: who may look as whom, why an answer is what it is, and the tests of access."""
