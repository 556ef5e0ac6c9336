namespace MnistML.Samples.Studies;

/// <summary>Describes a study's outcome in sentences, from its figures.</summary>
internal static class StudyFindings
{
    private const double PointsPerUnit = 100;
    private const double SmallSignal = 0.001;

    public static IEnumerable<string> Of(
        Study study, IReadOnlyList<string> networks, IReadOnlyList<IReadOnlyList<ChoiceOutcome>> outcomes, int epochs)
    {
        foreach (var (network, ofNetwork) in networks.Zip(outcomes))
        {
            yield return Compare(network, ofNetwork, epochs);
        }

        if (study.ShowsSignal)
        {
            yield return "";
            yield return "Signal is how much the logits differ between images before training (their standard deviation).";
            foreach (var (network, ofNetwork) in networks.Zip(outcomes))
            {
                yield return Explain(network, ofNetwork, epochs);
            }

            yield return CompareNetworks(networks, outcomes, epochs);
        }
    }

    public static string FormatSignal(double signal) => signal >= SmallSignal ? $"{signal:F3}" : $"{signal:0E0}";

    /// <summary>
    /// Names the best and the worst choice, their distance, and the choices that do not differ from the best by more than chance.
    /// </summary>
    private static string Compare(string network, IReadOnlyList<ChoiceOutcome> outcomes, int epochs)
    {
        var (best, worst, diverged) = Rank(outcomes, epochs);
        if (best is null)
        {
            return $"{network}: every choice diverged.";
        }

        var (first, last) = (best.After(epochs), worst!.After(epochs));
        var beside = outcomes.Where(outcome => outcome != best && !outcome.HasDiverged && first.Exceeds(outcome.After(epochs)) == false)
            .Select(outcome => outcome.Name)
            .ToArray();
        var (early, late) = (GapAfter(1), GapAfter(epochs));
        return $"{network}: after {Count(epochs)} {best.Name} is best ({first}) and {worst.Name} worst ({last}), "
            + $"{late:F1} points apart, {Judge(first.Exceeds(last))}"
            + (epochs > 1 ? $"; after 1 epoch best and worst were {early:F1} points apart." : ".")
            + (beside.Length == 0 ? "" : $" Within the spread of the best: {string.Join(", ", beside)}.")
            + (diverged.Length == 0 ? "" : $" Diverged: {string.Join(", ", diverged)}.");

        double GapAfter(int epoch)
        {
            var means = outcomes.Where(outcome => !outcome.HasDiverged).Select(outcome => outcome.After(epoch).Mean).ToArray();
            return (means.Max() - means.Min()) * PointsPerUnit;
        }
    }

    /// <summary>Says whether the choices with the weakest signal also learn least.</summary>
    private static string Explain(string network, IReadOnlyList<ChoiceOutcome> outcomes, int epochs)
    {
        var (best, worst, _) = Rank(outcomes, epochs);
        if (best is null)
        {
            return $"{network}: nothing to compare.";
        }

        var least = outcomes.MinBy(outcome => outcome.Signal)!;
        var signals = $"{FormatSignal(worst!.Signal!.Value)} under {worst.Name}, {FormatSignal(best.Signal!.Value)} under {best.Name}";
        return $"{network}: the signal is {signals}; "
            + (worst.Signal > best.Signal
                    ? "here it does not tell which learns best."
                    : $"the least, {least.Name}'s, went with an accuracy of {least.After(epochs).Mean:F4}.")
            + CostOfLeavingOut(best, outcomes, epochs);
    }

    private static string CostOfLeavingOut(ChoiceOutcome best, IReadOnlyList<ChoiceOutcome> outcomes, int epochs)
    {
        var leftOut = outcomes.FirstOrDefault(
            outcome => outcome.Name == $"{MlpInitializer.Default}" && outcome != best && !outcome.HasDiverged);
        return leftOut is null
            ? ""
            : $" Leaving the initialiser out ({leftOut.Name}) costs "
                + $"{(best.After(epochs).Mean - leftOut.After(epochs).Mean) * PointsPerUnit:F1} points, "
                + $"{Judge(best.After(epochs).Exceeds(leftOut.After(epochs)))}.";
    }

    private static string CompareNetworks(IReadOnlyList<string> networks, IReadOnlyList<IReadOnlyList<ChoiceOutcome>> outcomes, int epochs)
    {
        var gaps = networks.Zip(outcomes, (network, ofNetwork) =>
        {
            var (best, worst, _) = Rank(ofNetwork, epochs);
            return (
                Network: network,
                Gap: best is null ? double.NaN : (best.After(epochs).Mean - worst!.After(epochs).Mean) * PointsPerUnit,
                Signal: ofNetwork.Min(outcome => outcome.Signal)!.Value);
        }).OrderBy(entry => entry.Gap).ToArray();
        var (little, much) = (gaps[0], gaps[^1]);
        var weakest = gaps.MinBy(entry => entry.Signal).Network;
        return $"So the initialiser matters least in {little.Network} ({little.Gap:F1} points) "
            + $"and most in {much.Network} ({much.Gap:F1} points). "
            + (little.Signal > much.Signal
                ? $"In the former every choice lets a signal of at least {FormatSignal(little.Signal)} through, which training can build "
                    + $"on; in the latter one lets through {FormatSignal(much.Signal)}."
                : $"The signal does not explain that: it is weakest in {weakest}.");
    }

    private static (ChoiceOutcome? Best, ChoiceOutcome? Worst, string[] Diverged) Rank(IReadOnlyList<ChoiceOutcome> outcomes, int epochs)
    {
        var ranked = outcomes.Where(outcome => !outcome.HasDiverged).OrderByDescending(outcome => outcome.After(epochs).Mean).ToArray();
        return (
            ranked.FirstOrDefault(),
            ranked.LastOrDefault(),
            [.. outcomes.Where(outcome => outcome.HasDiverged).Select(outcome => outcome.Name)]);
    }

    private static string Judge(bool? exceeds) => exceeds switch
    {
        true => "more than their spreads over seeds together",
        false => "no more than their spreads over seeds together, so that it may be chance",
        _ => "which one seed can't tell from chance",
    };

    private static string Count(int epochs) => epochs == 1 ? "1 epoch" : $"{epochs} epochs";
}
