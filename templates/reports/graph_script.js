(() => {
"use strict";
{% include "reports/graph_cells.js" %}
{% include "reports/graph_picture.js" %}
{% include "reports/graph_book.js" %}
{% include "reports/graph_panel.js" %}
{% include "reports/graph_search.js" %}
{% include "reports/graph_page.js" %}
})();
