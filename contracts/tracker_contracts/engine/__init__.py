"""Executes programs, has them judged, and finds the smallest program that shows a defect."""
