using System.Diagnostics;
using System.Globalization;
using MnistML.Datasets;

namespace MnistML.Benchmarks.Loading;

/// <summary>A Python process that loads MNIST with NumPy on request, and reports the seconds.</summary>
internal sealed class NumPyLoader : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private const string Script = """
        import gzip, sys, time
        import numpy
        images, labels = sys.argv[1:]
        print("ready", flush=True)
        for line in sys.stdin:
            start = time.perf_counter()
            x = numpy.frombuffer(gzip.open(images).read(), dtype=numpy.uint8, offset=16).astype(numpy.float32) / 255
            y = numpy.frombuffer(gzip.open(labels).read(), dtype=numpy.uint8, offset=8)
            print(time.perf_counter() - start, flush=True)
        """;

    private readonly Process _process;

    private NumPyLoader(Process process) => _process = process;

    /// <summary>Starts Python. Null where it has no NumPy.</summary>
    public static NumPyLoader? TryStart(MnistFiles files)
    {
        if (!File.Exists(Python))
        {
            return null;
        }

        var process = Process.Start(new ProcessStartInfo(Python, ["-c", Script, files.TrainImages, files.TrainLabels])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        return process.StandardOutput.ReadLine() == "ready" ? new NumPyLoader(process) : null;
    }

    public double MeasureSeconds()
    {
        _process.StandardInput.WriteLine("go");
        return double.Parse(_process.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
