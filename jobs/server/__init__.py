"""The service as one process: the application, and the worker beside it."""
