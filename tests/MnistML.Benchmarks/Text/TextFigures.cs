namespace MnistML.Benchmarks.Text;

/// <summary>What one trainer needed, and gave.</summary>
/// <param name="Features">The number of features.</param>
/// <param name="FitSeconds">The seconds of a training, with the reading of the texts.</param>
/// <param name="FitMebibytes">The peak of memory that no file backs, above what there was before the training.</param>
/// <param name="Accuracy">On texts that were set aside.</param>
/// <param name="PredictionMilliseconds">One prediction in an engine, from text to scores; the median of many.</param>
/// <param name="FeaturizeMilliseconds">The part of it that makes the features.</param>
/// <param name="FileMebibytes">The saved pipeline.</param>
/// <param name="Losses">The training loss of each epoch; empty where there are none.</param>
/// <param name="LoadedBitsAreEqual">Whether the loaded model gives the scores of the live one, bit for bit.</param>
internal sealed record TextFigures(
    int Features,
    double FitSeconds,
    double FitMebibytes,
    double Accuracy,
    double PredictionMilliseconds,
    double FeaturizeMilliseconds,
    double FileMebibytes,
    double[] Losses,
    bool LoadedBitsAreEqual);
