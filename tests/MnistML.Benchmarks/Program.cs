using System.CommandLine;
using System.Globalization;
using MnistML.Benchmarks.Accuracy;
using MnistML.Benchmarks.Distributed;
using MnistML.Benchmarks.Fuzz;
using MnistML.Benchmarks.Life;
using MnistML.Benchmarks.Loading;
using MnistML.Benchmarks.Micro;
using MnistML.Benchmarks.PictureFolders;
using MnistML.Benchmarks.Pictures;
using MnistML.Benchmarks.Scoring;
using MnistML.Benchmarks.Screenshots;
using MnistML.Benchmarks.Speed;
using MnistML.Benchmarks.Tabular;
using MnistML.Benchmarks.Tasks;
using MnistML.Benchmarks.Text;
using MnistML.Benchmarks.Training;
using MnistML.Benchmarks.Web;

namespace MnistML.Benchmarks;

/// <summary>Measurements and long checks. Each is a command.</summary>
internal static class Program
{
    public static int Main(string[] arguments)
    {
        // Other programs read the figures.
        CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        var root = new RootCommand("Measures MnistML, and checks what takes long to check.")
        {
            AugmentationCommand.Create(),
            AveragingCommand.Create(),
            BinaryTabularCommand.Create(),
            ClassicCommand.Create(),
            DistributedCommand.Create(),
            DistributedAccuracyCommand.Create(),
            DistributedFailuresCommand.Create(),
            MachinesCommand.Create(),
            RankCommand.Create(),
            SumCommand.Create(),
            FuzzCommand.CreateForIdx(),
            FuzzCommand.CreateForModels(),
            LifeCommand.Create(),
            LoadingCommand.Create(),
            ScoringCommand.Create(),
            GrowthCommand.Create(),
            MicroCommand.Create(),
            ParityCommand.Create(),
            PeersCommand.Create(),
            PicturesCommand.Create(),
            PictureFoldersCommand.Create(),
            PictureFeaturesCommand.Create(),
            RegressionCommand.Create(),
            RegressionStudyCommand.Create(),
            QuantilesCommand.Create(),
            TasksCommand.Create(),
            RobustnessCommand.Create(),
            LargeCommand.Create(),
            ManyClassesCommand.Create(),
            RooflineCommand.Create(),
            SmallCommand.Create(),
            StreamingCommand.Create(),
            TabularCommand.Create(),
            TabularStudyCommand.Create(),
            TabularScoringCommand.Create(),
            TabularTrainingCommand.Create(),
            TailsCommand.Create(),
            TextCommand.Create(),
            ScreenshotCommand.Create(),
            StudyCommand.Create(),
            WebCommand.Create(),
        };
        return root.Parse(arguments).Invoke();
    }
}
