using Spectre.Console;

namespace MnistML.Samples.Explanation;

/// <summary>Writes how a binary cross-entropy is computed, step by step, with the numbers filled in.</summary>
internal static class BinaryLossReport
{
    /// <summary>Writes one row's steps.</summary>
    public static void WriteRow(IAnsiConsole console, BinaryLossSteps steps)
    {
        console.WriteLine($"  {"logit z",-44} {steps.Logit,10:F4}");
        console.WriteLine($"  {"sigmoid p = 1 / (1 + e^-z), that of true",-44} {steps.Probability,10:F4}");
        console.WriteLine($"  {"1 - p, that of false",-44} {1 - steps.Probability,10:F4}");
        console.WriteLine($"  Probability of the label {NameOf(steps.Label)}: {steps.LabelProbability:F4}");
        console.WriteLine(
            $"  Loss: -ln {steps.LabelProbability:F4} = max(z, 0) - z y + ln(1 + e^-|z|) = {steps.Positive:F4} - "
            + $"({steps.Logit * steps.Label:F4}) + {steps.LogTerm:F4} = {steps.Loss:F4}");
        console.WriteLine($"  Slope of the loss by z: p - y = {steps.Probability:F4} - {steps.Label} = {steps.Slope:F4}");
        console.WriteLine();
    }

    /// <summary>Writes the mean loss of a batch, and explains why one logit is enough.</summary>
    public static void WriteEnd(IAnsiConsole console, IReadOnlyList<BinaryLossSteps> rows)
    {
        if (rows.Count > 1)
        {
            console.WriteLine(
                $"Loss of the batch: ({string.Join(" + ", rows.Select(row => $"{row.Loss:F4}"))}) / {rows.Count} = "
                + $"{rows.Average(row => row.Loss):F4}");
        }

        console.WriteLine(
            "One logit is enough for two classes: sigmoid(z) is what the softmax of the two logits (0, z) gives to the second. Only the "
            + "difference of two logits counts, so one of them can be 0.");
        console.WriteLine(
            "The loss is taken from the logit, since ln p would be infinite where p is rounded to 0, and e^-|z| can't overflow.");
    }

    public static string NameOf(int label) => label == 1 ? "true" : "false";
}
