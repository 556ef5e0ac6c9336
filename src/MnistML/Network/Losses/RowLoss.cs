namespace MnistML.Network.Losses;

/// <summary>The loss of a row, or a sum over several.</summary>
/// <param name="Loss">The loss; of one row without its weight.</param>
/// <param name="Metric">For each row 1 where the prediction is correct, else 0; in regression the squared error.</param>
internal readonly record struct RowLoss(double Loss, double Metric);
