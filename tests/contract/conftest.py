from tests.jobs.conftest import reader, screened, served

__all__ = ["reader", "screened", "served"]
