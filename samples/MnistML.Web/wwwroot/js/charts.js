import uPlot from '../vendor/uplot/uPlot.esm.js';
import { cssColor } from './ui.js';

/** Colours that people with the common colour blindnesses tell apart (Okabe and Ito), a little darker or lighter by theme. */
const light = ['#0b6bb0', '#c14b00', '#00785a', '#a3488a', '#8a6d00', '#1a1a1a'];
const dark = ['#56b4e9', '#f08a3c', '#35c79a', '#e39fc9', '#f0e442', '#eeeeee'];
const isDark = matchMedia('(prefers-color-scheme: dark)');
const dashes = [[], [6, 4], [2, 3], [10, 3, 2, 3]];
const charts = new Set();

export const colorOf = index => (isDark.matches ? dark : light)[index % light.length];

/** A chart of lines over epochs, in an element; set() shows other data. */
export class Chart {
  #element;
  #plot = null;
  #shape = '';
  #last = null;
  #format;

  constructor(element, format) {
    this.#element = element;
    this.#format = format;
    charts.add(this);
    new ResizeObserver(() => this.#resize()).observe(element);
  }

  /**
   * @param {number[]} x Epochs.
   * @param {{label: string, values: (number|null)[], points?: boolean}[]} series Lines.
   * @param {string} summary What a screen reader says.
   */
  set(x, series, summary) {
    this.#last = [x, series, summary];
    this.#element.setAttribute('aria-label', summary);
    if (this.#element.clientWidth === 0) {
      return; // in a section that is not shown; it is drawn when it is
    }
    const shape = series.map(line => line.label).join('\n') + isDark.matches;
    if (!this.#plot || shape !== this.#shape) {
      this.#plot?.destroy();
      this.#shape = shape;
      this.#plot = new uPlot(this.#options(series), [x, ...series.map(line => line.values)], this.#element);
    } else {
      this.#plot.setData([x, ...series.map(line => line.values)]);
    }
  }

  redraw() {
    if (this.#last) {
      this.set(...this.#last);
    }
  }

  #resize() {
    if (this.#plot && this.#element.clientWidth > 0) {
      this.#plot.setSize({ width: this.#element.clientWidth, height: 190 });
    } else {
      this.redraw();
    }
  }

  #options(series) {
    const axis = { stroke: cssColor('--soft'), grid: { stroke: cssColor('--line'), width: 1 }, ticks: { stroke: cssColor('--line'), width: 1 } };
    return {
      width: this.#element.clientWidth,
      height: 190,
      scales: { x: { time: false } },
      axes: [{ ...axis, incrs: [1, 2, 5, 10, 20, 50] }, { ...axis, size: 62, values: (_, values) => values.map(this.#format) }],
      cursor: { y: false },
      series: [{ label: 'epoch', value: (_, value) => (value === null ? '–' : value.toFixed(value % 1 ? 2 : 0)) }, ...series.map((line, index) => ({
        label: line.label,
        stroke: colorOf(index),
        dash: dashes[Math.floor(index / light.length) % dashes.length],
        width: 2,
        spanGaps: true,
        points: { show: line.points ?? false, size: 6 },
        value: (_, value) => (value === null || value === undefined ? '–' : this.#format(value)),
      }))],
    };
  }
}

isDark.addEventListener('change', () => charts.forEach(chart => chart.redraw()));
export const redrawAll = () => charts.forEach(chart => chart.redraw());
