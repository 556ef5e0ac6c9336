import { get } from './api.js';
import { $, create, percent, showError } from './ui.js';

let timer = 0;

const facts = (list, pairs) => list.replaceChildren(...pairs.flatMap(([name, value]) => [create('dt', {}, name), create('dd', {}, String(value ?? '–'))]));
const words = name => name.replace(/([A-Z])/g, letter => ` ${letter.toLowerCase()}`);

export function show(status) {
  facts($('facts'), [
    ['Version', status.version],
    ['Model', status.model ? `${status.model.name}, ${status.model.network}` : 'none yet'],
    ['Test accuracy', status.model?.testAccuracy === null || !status.model ? '–' : `${percent(status.model.testAccuracy, 2)} on ${status.model.dataset}`],
    ['Images', `${status.dataset} (${status.datasetOrigin})`],
    ['Corrections', status.correctionCount],
  ]);
  facts($('limits'), Object.entries(status.limits).map(([name, value]) => [words(name), value.toLocaleString('en')]));
}

async function showMetrics() {
  const metrics = await get('metrics');
  $('metrics').replaceChildren(
    create('thead', {}, create('tr', {}, ...['instrument', 'value', 'unit', 'what it measures'].map(text => create('th', { scope: 'col' }, text)))),
    create('tbody', {}, ...metrics.map(metric => create('tr', {}, create('td', {}, metric.name),
      create('td', {}, metric.kind === 'summary' ? `${metric.value.toFixed(3)} in ${metric.count.toLocaleString('en')}` : metric.value.toLocaleString('en')),
      create('td', { className: 'text' }, metric.unit), create('td', { className: 'text' }, metric.description)))));
}

export function open() {
  clearInterval(timer);
  const refresh = () => ($('panel-service').hidden ? clearInterval(timer) : showMetrics().catch(showError));
  refresh();
  timer = setInterval(refresh, 2000);
}
