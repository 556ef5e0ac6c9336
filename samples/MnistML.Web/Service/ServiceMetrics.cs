using System.Diagnostics.Metrics;

namespace MnistML.Web.Service;

/// <summary>What this service measures itself, beside the library and ASP.NET Core.</summary>
internal sealed class ServiceMetrics : IDisposable
{
    public const string MeterName = "MnistML.Web";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _refused;
    private readonly Histogram<double> _reading;

    public ServiceMetrics()
    {
        _refused = _meter.CreateCounter<long>("mnistml.web.refused", "{request}", "Requests that a limit refused (429 and 503).");
        _reading = _meter.CreateHistogram<double>(
            "mnistml.web.picture.duration", "s", "Seconds to read a picture and to score its digits, without waiting.");
    }

    public void CountRefusal() => _refused.Add(1);

    public void RecordPicture(TimeSpan elapsed) => _reading.Record(elapsed.TotalSeconds);

    public void Dispose() => _meter.Dispose();
}
