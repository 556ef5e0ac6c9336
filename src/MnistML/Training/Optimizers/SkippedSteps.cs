namespace MnistML.Training.Optimizers;

/// <summary>
/// What a number of steps with a gradient of zero do to a weight, as factors, so that they can be made in one go. In each step the weight
/// shrinks by a decay, and then moves along its momentum, which shrinks by a constant ratio.
/// </summary>
/// <param name="ratio">What remains of the momentum after a step, from 0 up to, not including, 1.</param>
internal sealed class SkippedSteps(double ratio)
{
    /// <summary>A momentum that has shrunk to this share moves a weight by less than rounding does.</summary>
    private const double Negligible = 1e-10;

    /// <summary>With a longer memory than this, skipping would save nothing.</summary>
    private const int MaxHorizon = 1_000;

    private readonly List<double> _lengths = [];

    /// <summary>The product of all decays up to each step.</summary>
    private readonly List<double> _decays = [1];

    /// <summary>The way of steps up to the last one, by their number.</summary>
    private readonly List<double> _ways = [0];

    /// <summary>The way of as many steps as a momentum lasts, by the step before them.</summary>
    private readonly List<double> _wholeWays = [];

    /// <summary>The steps that a momentum lasts.</summary>
    private int Horizon { get; } = ratio == 0 ? 1 : (int)Math.Ceiling(Math.Min(Math.Log(Negligible) / Math.Log(ratio), int.MaxValue));

    /// <summary>Whether a momentum of a ratio lasts so shortly that skipping saves something.</summary>
    public static bool CanSkip(double ratio) => ratio < 1 && new SkippedSteps(ratio).Horizon <= MaxHorizon;

    /// <summary>Adds a step.</summary>
    /// <param name="length">What a momentum of 1, before it shrinks in this step, moves the weight by.</param>
    /// <param name="decay">The factor on the weight before.</param>
    public void Add(double length, double decay)
    {
        _lengths.Add(length);
        _decays.Add(_decays[^1] * decay);
        var stepCount = _lengths.Count;
        if (_ways.Count <= Horizon)
        {
            _ways.Add(0);
        }

        for (var steps = 1; steps < _ways.Count; steps++)
        {
            var first = stepCount - steps; // The step that a weight which skipped so many makes first.
            var remaining = _decays[stepCount] / _decays[first + 1];
            _ways[steps] = ratio * ((_lengths[first] * remaining) + _ways[steps - 1]);
        }

        if (stepCount >= Horizon)
        {
            _wholeWays.Add(_ways[Horizon]);
        }
    }

    /// <summary>What the last steps do.</summary>
    /// <param name="count">Their number, at least 1.</param>
    /// <returns>The factor on the weight, and how far a momentum of 1 moves it back after that.</returns>
    public (double Decay, double Way) Last(int count)
    {
        var (stepCount, first) = (_lengths.Count, _lengths.Count - count);
        var decay = _decays[stepCount] / _decays[first];
        return count <= Horizon
            ? (decay, _ways[count])
            : (decay, _wholeWays[first] * _decays[stepCount] / _decays[first + Horizon]);
    }

    /// <summary>Forgets all steps.</summary>
    public void Clear()
    {
        _lengths.Clear();
        _decays.RemoveRange(1, _decays.Count - 1);
        _ways.RemoveRange(1, _ways.Count - 1);
        _wholeWays.Clear();
    }
}
