from tests.jobs.conftest import copied, reader, screened, served

__all__ = ["copied", "reader", "screened", "served"]
