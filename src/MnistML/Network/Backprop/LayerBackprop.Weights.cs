using MnistML.Network.Workers;
using MnistML.Vectors;

namespace MnistML.Network.Backprop;

/// <content>The weights as products take them: rounded, in blocks, or multiplied by learned factors.</content>
internal sealed partial class LayerBackprop
{
    /// <summary>Copies all weights to <see cref="ProductWeights"/>, where those are others.</summary>
    public void UpdateProductWeights()
    {
        if (_productWeights is null)
        {
            return;
        }

        var size = _layer.Shape.InputSize;
        for (var start = 0; start < _weights.Singles.Length; start += size)
        {
            UpdateProductWeights(start, size);
        }
    }

    /// <summary>Multiplies the weights of a worker's units by the learned factors of the inputs.</summary>
    public void ApplyFactors(WorkRange units, WorkerScratch scratch)
    {
        var products = _productWeights!.Rows;
        for (var unit = units.Start; unit < units.End; unit++)
        {
            var product = products.ForWrite(unit, scratch.First);
            SpanMath.Apply(WeightsOf(unit), _factors!.OfInputs, product, default(Multiply));
            products.Write(unit, product);
        }
    }

    private ReadOnlySpan<float> WeightsOf(int unit) => _weights.Singles.Slice(unit * _layer.Shape.InputSize, _layer.Shape.InputSize);

    private void UpdateProductWeights(int start, int count) =>
        _productWeights?.Rows.Set(row: 0, OffsetOf(start), _weights.Singles.Slice(start, count));

    /// <summary>
    /// Where a chunk of weights begins in the matrix of products: in a block-diagonal one, a chunk is the row of one unit.
    /// </summary>
    private int OffsetOf(int start)
    {
        if (!_isBlockDiagonal)
        {
            return start;
        }

        var (inputSize, unit) = (_layer.Shape.InputSize, start / _layer.Shape.InputSize);
        return (unit * _gradient.ColumnCount) + (unit / _layer.Shape.OutputSize * inputSize);
    }
}
