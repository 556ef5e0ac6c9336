using MnistML.Native;
using static TorchSharp.torch;

namespace MnistML.Training.Optimizers;

/// <summary>
/// Adam and AdamW; <see cref="MlpOptimizer.Adam"/> and <see cref="MlpOptimizer.AdamW"/> give their formulas. It owns the moments.
/// </summary>
internal sealed partial class AdamOptimizer : IOptimizer
{
    private readonly AdamOptions _options;
    private readonly IReadOnlyList<Tensor> _parameters;
    private readonly Tensor[] _means;
    private readonly Tensor[] _squares;
    private long _step;

    public AdamOptimizer(AdamOptions options, IReadOnlyList<Tensor> parameters)
    {
        _options = options;
        _parameters = parameters;
        _means = [.. parameters.Select(ZerosLike)];
        _squares = [.. parameters.Select(ZerosLike)];
    }

    public void Step(IReadOnlyList<Tensor> gradients, double learningRate)
    {
        using var noGradient = no_grad();
        _step++;
        for (var i = 0; i < _parameters.Count; i++)
        {
            Decay(_parameters[i], gradients[i], learningRate);
            Update(i, gradients[i], learningRate);
        }
    }

    public Dictionary<string, float[]> CopyState() =>
        NamedMoments.ToDictionary(moment => moment.Name, moment => TensorValues.ToSingles(moment.Tensor));

    public void RestoreState(IReadOnlyDictionary<string, float[]> state, long stepCount)
    {
        _step = stepCount;
        foreach (var (name, tensor) in NamedMoments)
        {
            TensorValues.Set(tensor, state, name);
        }
    }

    public void Dispose()
    {
        foreach (var moment in _means.Concat(_squares))
        {
            moment.Dispose();
        }
    }

    private IEnumerable<(string Name, Tensor Tensor)> NamedMoments =>
        _means.Select((mean, i) => ($"means.{i}", mean)).Concat(_squares.Select((square, i) => ($"squares.{i}", square)));

    private void Decay(Tensor parameter, Tensor gradient, double learningRate)
    {
        if (_options.WeightDecay == 0)
        {
            return;
        }

        if (_options.IsDecoupled)
        {
            parameter.mul_(1 - (learningRate * _options.WeightDecay));
        }
        else
        {
            gradient.add_(parameter, alpha: _options.WeightDecay);
        }
    }

    private void Update(int index, Tensor gradient, double learningRate)
    {
        var mean = _means[index].mul_(_options.Beta1).add_(gradient, alpha: 1 - _options.Beta1);
        var square = _squares[index].mul_(_options.Beta2).addcmul_(gradient, gradient, 1 - _options.Beta2);

        // Both moments started at zero, so they are too small by these factors.
        var meanBias = 1 - Math.Pow(_options.Beta1, _step);
        var squareBias = 1 - Math.Pow(_options.Beta2, _step);
        using var divisor = square.sqrt().div_(Math.Sqrt(squareBias)).add_(_options.Epsilon);
        _parameters[index].addcdiv_(mean, divisor, -learningRate / meanBias);
    }

    private static Tensor ZerosLike(Tensor parameter) => zeros_like(parameter, requires_grad: false).DetachFromDisposeScope();
}
