using Spectre.Console;

namespace MnistML.Samples.Explanation;

/// <summary>Writes how a loss is computed, step by step, with the numbers filled in.</summary>
internal static class LossReport
{
    /// <summary>Writes one row's steps.</summary>
    public static void WriteRow(IAnsiConsole console, LossSteps steps, IReadOnlyList<string> classNames)
    {
        var nameWidth = Math.Max("class".Length, classNames.Max(name => name.Length));
        console.WriteLine($"  {"class".PadRight(nameWidth)} {"logit z",10} {"z - max",10} {"e^(z - max)",12} {"softmax p",10}");
        foreach (var (index, logit) in steps.Logits.Index())
        {
            var mark = index == steps.Label ? "  <- label" : "";
            console.WriteLine(
                $"  {classNames[index].PadRight(nameWidth)} {logit,10:F4} {logit - steps.Largest,10:F4} {steps.Powers[index],12:F4} "
                + $"{steps.Probabilities[index],10:F4}{mark}");
        }

        var label = classNames[steps.Label];
        console.WriteLine($"  {"sum".PadRight(nameWidth)} {"",10} {"",10} {steps.PowerSum,12:F4} {steps.Probabilities.Sum(),10:F4}");
        console.WriteLine(
            $"  Probability of the label {label}: p = {steps.Powers[steps.Label]:F4} / {steps.PowerSum:F4} = "
            + $"{steps.Probabilities[steps.Label]:F4}");
        console.WriteLine($"  Loss: -ln p = ln {steps.PowerSum:F4} - ({steps.Logits[steps.Label] - steps.Largest:F4}) = {steps.Loss:F4}");
        console.WriteLine();
    }

    /// <summary>Writes the mean loss of a batch, and explains why labels need no one-hot encoding.</summary>
    public static void WriteEnd(IAnsiConsole console, IReadOnlyList<LossSteps> rows)
    {
        if (rows.Count > 1)
        {
            console.WriteLine(
                $"Loss of the batch: ({string.Join(" + ", rows.Select(row => $"{row.Loss:F4}"))}) / {rows.Count} = "
                + $"{rows.Average(row => row.Loss):F4}");
        }

        var oneHot = string.Join(", ", rows[0].Logits.Select((_, index) => index == rows[0].Label ? "1" : "0"));
        console.WriteLine(
            $"No one-hot encoding is needed: with y = ({oneHot}) the sum -(y0 ln p0 + y1 ln p1 + ...) has one term that is not 0, that of "
            + $"the label; the label's number, {rows[0].Label}, picks it.");
        console.WriteLine(
            "e^(z - max) instead of e^z gives the same softmax, and can't overflow; the loss is taken from the logits, since ln p would "
            + "be infinite where p is rounded to 0.");
    }
}
