function show() {
  showFilters();
  showSummary();
  showLegend();
  showGrid();
  showDetails();
}

fillFilters();
show();
