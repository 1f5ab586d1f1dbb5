"""`python -m helpers.claims`: measure claims, or list the ledger."""

import sys

from helpers import claims

sys.exit(claims.main())
