"""What keeps the course true: refresh, contract, lab, bench, portability, environment."""
