/* Draws the chart options that the page carries as JSON. The options hold
   numbers and text only; every function lives here, chosen by the kind of
   chart. Colours are names of custom properties, so that light, dark and
   print share one option. */
(function () {
  'use strict';
  var root = document.documentElement;
  root.classList.add('js');
  var nodes = Array.prototype.slice.call(document.querySelectorAll('.chart[data-kind]'));
  var drawn = [];

  function fail(node, text) {
    var p = document.createElement('p');
    p.className = 'empty';
    p.textContent = text;
    node.replaceChildren(p);
    node.classList.add('failed');
  }

  /* Text of the data is never read as rich-text markup. */
  function calm(text) {
    return String(text).replace(/\{/g, '\u2774').replace(/\}/g, '\u2775');
  }

  function wrap(text) {
    return calm(text).split('\n').map(function (line) {
      return line.length > 72 ? line.match(/.{1,72}(\s|$)|.{1,72}/g).join('\n') : line;
    }).join('\n');
  }

  function tip(p) {
    return p.data && p.data.tip ? wrap(p.data.tip) : '';
  }

  function lineTip(list) {
    if (!list.length) return '';
    var rows = list.filter(function (p) { return typeof p.value === 'number'; })
      .map(function (p) { return p.seriesName + ': ' + p.value; });
    return wrap([list[0].axisValueLabel].concat(rows.length ? rows : ['not observed']).join('\n'));
  }

  function duration(s) {
    if (s >= 86400) return +(s / 86400).toFixed(1) + ' d';
    if (s >= 3600) return +(s / 3600).toFixed(1) + ' h';
    if (s >= 60) return +(s / 60).toFixed(1) + ' min';
    return +s.toFixed(1) + ' s';
  }

  function clock(m) {
    var h = Math.floor(m / 60), r = Math.round(m % 60);
    return (h < 10 ? '0' : '') + h + ':' + (r < 10 ? '0' : '') + r;
  }

  function number(v) {
    if (v >= 1e6) return +(v / 1e6).toFixed(1) + 'M';
    if (v >= 1e4) return +(v / 1e3).toFixed(1) + 'k';
    return String(v);
  }

  function first(x) { return Array.isArray(x) ? x[0] : x; }

  var prepare = {
    heat: function (o) { first(o.visualMap).itemWidth = 12; first(o.visualMap).itemHeight = 140; },
    days: function (o) { first(o.yAxis).axisLabel.formatter = number; },
    spread: function (o) {
      var y = first(o.yAxis), names = y.data || [];
      delete y.data;
      y.axisLabel.formatter = function (v) { return v in names ? calm(names[v]) : ''; };
      y.axisTick = { show: false };
      var x = first(o.xAxis), ticks = [1, 10, 60, 300, 900, 3600, 14400, 43200, 86400, 259200, 604800, 2419200, 31536000]
        .filter(function (s) { return s >= x.min && s <= x.max; });
      x.axisLabel.formatter = duration;
      x.name = 'start to resolution';
      x.nameLocation = 'middle';
      x.nameGap = 26;
      x.nameTextStyle = { color: x.axisLabel.color, fontSize: 11 };
      if (ticks.length > 1) {
        x.axisLabel.customValues = ticks;
        x.axisTick = { show: true, customValues: ticks };
      }
    },
    hours: function (o) { first(o.yAxis).axisLabel.formatter = number; },
    starts: function (o) { first(o.yAxis).axisLabel.formatter = clock; },
    minutes: function (o) { first(o.yAxis).axisLabel.formatter = number; }
  };

  function paint(value, key, style) {
    if (typeof value === 'string') {
      return /color/i.test(key) && value.charAt(0) === '$'
        ? style.getPropertyValue('--' + value.slice(1)).trim() : value;
    }
    if (Array.isArray(value)) return value.map(function (v) { return paint(v, key, style); });
    if (value && typeof value === 'object') {
      var out = {};
      Object.keys(value).forEach(function (k) { out[k] = paint(value[k], k, style); });
      return out;
    }
    return value;
  }

  function option(node) {
    var text = document.getElementById('option-' + node.id.slice('chart-'.length)).textContent;
    var style = getComputedStyle(root);
    var o = paint(JSON.parse(text), '', style);
    var kind = node.getAttribute('data-kind');
    var ink = style.getPropertyValue('--ink').trim();
    var font = getComputedStyle(document.body).fontFamily;
    o.useUTC = true;
    o.textStyle = { fontFamily: font, color: ink };
    o.tooltip.renderMode = 'richText';
    o.tooltip.confine = true;
    o.tooltip.transitionDuration = 0;
    o.tooltip.textStyle = { color: ink, fontSize: 12, fontFamily: font };
    o.tooltip.formatter = o.tooltip.trigger === 'axis' ? lineTip : tip;
    if (o.legend) o.legend.pageTextStyle = { color: ink };
    /* A tick per category, shown or not: shading of single days needs it. */
    [].concat(o.xAxis || []).forEach(function (x) {
      if (x.type === 'category') x.axisTick = Object.assign({}, x.axisTick, { interval: 0 });
    });
    /* The name of an axis stands over its numbers, at the left edge. */
    [].concat(o.yAxis || []).forEach(function (y) {
      if (y.name) y.nameTextStyle = { color: style.getPropertyValue('--soft').trim(), fontSize: 11, align: 'left', padding: [0, 0, 0, -40] };
    });
    if (prepare[kind]) prepare[kind](o);
    return o;
  }

  /* The drawing scales with its box, so that print cuts nothing off. */
  function scale(node) {
    var svg = node.querySelector('svg');
    if (svg) {
      svg.setAttribute('viewBox', '0 0 ' + node.clientWidth + ' ' + node.clientHeight);
      svg.setAttribute('aria-hidden', 'true');
    }
  }

  function draw(node) {
    try {
      var chart = echarts.getInstanceByDom(node) || echarts.init(node, null, { renderer: 'svg' });
      chart.setOption(option(node), true);
      scale(node);
      node.setAttribute('data-drawn', 'yes');
      if (drawn.indexOf(chart) < 0) drawn.push(chart);
    } catch (e) {
      fail(node, 'The chart could not be drawn; the table below has the numbers.');
    }
  }

  function redraw() { nodes.forEach(draw); }

  /* Tables of some rows are sorted by a click on a heading. The order that the
     page came with is the query's; a third click brings it back. */
  var unit = { d: 86400, h: 3600, min: 60, s: 1, ms: 0.001 };

  function key(cell) {
    var time = cell.querySelector('time[datetime]');
    if (time) return time.getAttribute('datetime');
    var text = cell.textContent.trim().replace(/\u2212/g, '-');
    var lengths = text.match(/\d+ (?:d|h|min|s|ms)\b/g);
    if (lengths && lengths.join(' ') === text.replace('-', '')) {
      var sum = lengths.reduce(function (n, l) { var p = l.split(' '); return n + p[0] * unit[p[1]]; }, 0);
      return text.charAt(0) === '-' ? -sum : sum;
    }
    var number = text.match(/^<? ?(-?[\d,]*\.?\d+(?:e[-+]?\d+)?)(?: ?(%|k|M))?$/);
    if (number) return number[1].replace(/,/g, '') * (number[2] === 'k' ? 1e3 : number[2] === 'M' ? 1e6 : 1);
    return text === '\u2013' ? '' : text;
  }

  function compare(a, b) {
    if (a === '' || b === '') return a === b ? 0 : a === '' ? 1 : -1; /* what is absent goes last */
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
  }

  function sortable(table) {
    var body = table.tBodies[0], heads = Array.prototype.slice.call(table.querySelectorAll('thead th'));
    if (!body || body.rows.length < 3) return;
    var original = Array.prototype.slice.call(body.rows);
    heads.forEach(function (th, k) {
      var button = document.createElement('button');
      button.type = 'button';
      button.className = 'sort';
      button.replaceChildren.apply(button, Array.prototype.slice.call(th.childNodes));
      th.replaceChildren(button);
      button.addEventListener('click', function () {
        var was = th.getAttribute('aria-sort'), next = was === 'ascending' ? 'descending' : was === 'descending' ? '' : 'ascending';
        heads.forEach(function (h) { h.removeAttribute('aria-sort'); });
        var rows = original.slice();
        if (next) {
          th.setAttribute('aria-sort', next);
          var sign = next === 'ascending' ? 1 : -1;
          rows = original.map(function (r, i) { return { row: r, key: key(r.cells[k]), i: i }; }).sort(function (a, b) {
            var c = compare(a.key, b.key);
            return (a.key === '' || b.key === '' ? c : sign * c) || a.i - b.i;
          }).map(function (x) { return x.row; });
        }
        body.replaceChildren.apply(body, rows);
      });
    });
  }
  Array.prototype.forEach.call(document.querySelectorAll('main table'), sortable);

  if (nodes.length && !window.echarts) {
    nodes.forEach(function (n) { fail(n, 'The chart library is not beside this page (assets/echarts.min.js); the table below has the numbers.'); });
    return;
  }
  redraw();
  if (window.ResizeObserver) {
    var paper = window.matchMedia('print');
    var seen = new ResizeObserver(function (list) {
      if (paper.matches) return; /* on paper the drawing scales; its box has no height */
      list.forEach(function (e) {
        var chart = echarts.getInstanceByDom(e.target);
        if (chart && e.contentRect.width > 0 && Math.abs(chart.getWidth() - e.contentRect.width) > 1) {
          chart.resize();
          scale(e.target);
        }
      });
    });
    nodes.forEach(function (n) { if (n.hasAttribute('data-drawn')) seen.observe(n); });
  }
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  window.addEventListener('beforeprint', function () { root.classList.add('printing'); redraw(); });
  window.addEventListener('afterprint', function () { root.classList.remove('printing'); redraw(); });
})();
