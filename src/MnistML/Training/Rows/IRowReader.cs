using MnistML.Network.Losses;

namespace MnistML.Training.Rows;

/// <summary>One pass over rows. It belongs to one thread at a time.</summary>
internal interface IRowReader : IDisposable
{
    /// <summary>Reads the next row, if there is one.</summary>
    /// <param name="features">Overwritten by all features, zeros too.</param>
    /// <param name="target">What the network should predict for the row, and its weight.</param>
    bool Read(Span<float> features, out Target target);
}
