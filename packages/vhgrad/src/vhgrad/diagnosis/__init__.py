"""What is wrong with a training step? `diagnose` tries one and says what it saw."""

from vhgrad.diagnosis.diagnose import diagnose
from vhgrad.diagnosis.finding import Finding, Findings

__all__ = ["Finding", "Findings", "diagnose"]
