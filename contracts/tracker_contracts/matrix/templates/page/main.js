function show() {
  showFilters();
  showSummary();
  showLegend();
  showGrid();
  showDetails();
  showUpgrade();
}

fillFilters();
show();
