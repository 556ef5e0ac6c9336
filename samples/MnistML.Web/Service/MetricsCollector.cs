using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace MnistML.Web.Service;

/// <summary>
/// Adds up what the instruments of the library, of ASP.NET Core and of this service measure, since the start. Tools such as
/// <c>dotnet-counters</c> and OpenTelemetry listen to the same instruments.
/// </summary>
internal sealed class MetricsCollector : IDisposable
{
    private static readonly string[] Meters =
        [MlpMetrics.MeterName, ServiceMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    private readonly Lock _lock = new();
    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, Total> _totals = new(StringComparer.Ordinal);

    public MetricsCollector()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (Meters.Contains(instrument.Meter.Name))
            {
                lock (_lock)
                {
                    _totals.TryAdd(instrument.Name, new Total(instrument));
                }

                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Add(instrument, value));
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(instrument, value));
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Add(instrument, value));
        _listener.Start();
    }

    /// <summary>What was measured so far, by the instruments' names.</summary>
    public IReadOnlyList<MetricInfo> Read()
    {
        lock (_lock)
        {
            return [.. _totals.Values.Select(total => total.Describe())];
        }
    }

    /// <summary>The same in the text format of Prometheus.</summary>
    public string ReadAsText()
    {
        var text = new StringBuilder();
        foreach (var metric in Read())
        {
            var name = metric.Name.Replace('.', '_');
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {metric.Description} Unit: {metric.Unit}\n");
            text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {metric.Kind}\n");
            text.Append(
                metric.Kind == "summary"
                    ? FormattableString.Invariant($"{name}_sum {metric.Value}\n{name}_count {metric.Count}\n")
                    : FormattableString.Invariant($"{name} {metric.Value}\n"));
        }

        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value)
    {
        lock (_lock)
        {
            _totals[instrument.Name].Add(value);
        }
    }

    private sealed class Total(Instrument instrument)
    {
        private double _sum;
        private long _count;

        public void Add(double value) => (_sum, _count) = (_sum + value, _count + 1);

        public MetricInfo Describe() => new(
            instrument.Name, KindOf(instrument), instrument.Unit ?? "", instrument.Description ?? "", _sum, _count);

        private static string KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
        {
            "Histogram" => "summary",
            "Counter" => "counter",
            _ => "gauge",
        };
    }
}

/// <summary>What an instrument has measured since the start.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">counter, gauge, or summary: a sum and a count.</param>
/// <param name="Unit">Its unit, as UCUM writes it.</param>
/// <param name="Description">What it measures.</param>
/// <param name="Value">The sum.</param>
/// <param name="Count">The number of measurements.</param>
internal sealed record MetricInfo(string Name, string Kind, string Unit, string Description, double Value, long Count);
