"""`python -m course.claims`: measure claims, or list the ledger."""

import sys

from course import claims

sys.exit(claims.main())
