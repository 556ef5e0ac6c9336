using BenchmarkDotNet.Attributes;
using MnistML.Native;
using MnistML.Network;
using MnistML.Training.Optimizers;
using TorchSharp;

namespace MnistML.Benchmarks.Micro;

/// <summary>One step of an optimiser over the classic network, on one thread: by libtorch, and chunk by chunk in plain loops.</summary>
public class UpdateBenchmarks
{
    private const int PieceSize = 2048;
    private const double LearningRate = 1e-3;

    private MlpNetwork _network = null!;
    private IOptimizer _optimizer = null!;
    private torch.Tensor[] _gradients = [];
    private float[] _piece = [];

    [Params("sgd", "momentum", "adamw")]
    public string Rule { get; set; } = "";

    [GlobalSetup]
    public void SetUp()
    {
        LibTorch.EnsureLoaded();
        torch.set_num_threads(1);
        _network = new MlpNetwork(new MlpArchitecture(784, [512, 256], 10));
        _optimizer = (Rule switch
        {
            "sgd" => MlpOptimizer.Sgd(LearningRate),
            "momentum" => MlpOptimizer.Sgd(LearningRate, momentum: 0.9),
            _ => MlpOptimizer.AdamW(LearningRate),
        }).Create(_network);
        _gradients = [.. _network.Parameters.Select(parameter => torch.randn_like(parameter, requires_grad: false))];
        _piece = [.. Enumerable.Range(0, PieceSize).Select(i => i * 1e-6f)];
    }

    [Benchmark(Baseline = true)]
    public void ByLibTorch()
    {
        using var scope = torch.NewDisposeScope();
        _optimizer.Step(_gradients, LearningRate);
    }

    [Benchmark]
    public void InPieces()
    {
        _optimizer.BeginStep(LearningRate);
        for (var i = 0; i < _gradients.Length; i++)
        {
            var count = (int)_gradients[i].numel();
            for (var start = 0; start < count; start += PieceSize)
            {
                _optimizer.UpdateChunk(i, start, _piece.AsSpan(0, Math.Min(PieceSize, count - start)));
            }
        }
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _optimizer.Dispose();
        _network.Dispose();
        Array.ForEach(_gradients, gradient => gradient.Dispose());
    }
}
