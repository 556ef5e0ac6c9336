using MnistML.Common;
using MnistML.Network.Losses;

namespace MnistML.Training.Rows;

/// <summary>One pass over rows. It belongs to one thread at a time.</summary>
internal interface IRowReader : IDisposable
{
    /// <summary>Reads the next row, if there is one.</summary>
    /// <param name="features">Its features, valid until the next call.</param>
    /// <param name="target">What the network should predict for the row, and its weight.</param>
    bool Read(out RowFeatures features, out Target target);
}
