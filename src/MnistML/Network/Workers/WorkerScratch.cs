namespace MnistML.Network.Workers;

/// <summary>A worker's memory for widened bfloat16 rows and intermediate results.</summary>
internal sealed class WorkerScratch(int size)
{
    private readonly float[] _first = new float[size];
    private readonly float[] _second = new float[size];
    private readonly float[] _third = new float[size];

    public Span<float> First => _first;

    public Span<float> Second => _second;

    public Span<float> Third => _third;
}
