# SPDX-License-Identifier: Apache-2.0
"""Scenarios of `scrooge lab` in the CORE network emulator."""
