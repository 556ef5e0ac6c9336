namespace MnistML.Benchmarks.Fuzz.Models;

/// <summary>A spoilt file.</summary>
/// <param name="Ending">The ending of its name, which decides the reader.</param>
/// <param name="Bytes">Its content.</param>
/// <param name="IsNetworkAlone">Whether it holds a network without other stages.</param>
internal sealed record Mutant(string Ending, byte[] Bytes, bool IsNetworkAlone);

/// <summary>Spoils valid models: the bytes of their files, or their content with fitting checksums and lengths.</summary>
internal sealed class ModelMutator(Random random)
{
    private readonly ByteSpoiler _bytes = new(random);
    private readonly ZipMutator _zip = new(random);
    private readonly OnnxMutator _onnx = new(random);
    private readonly SafetensorsMutator _safetensors = new(random);

    public Mutant Next()
    {
        switch (random.Next(10))
        {
            case 0:
                return new Mutant(ModelSeeds.Checkpoint, _safetensors.Mutate(ModelSeeds.CheckpointFile), IsNetworkAlone: true);
            case 1 or 2:
                return new Mutant(
                    ModelSeeds.Safetensors, _safetensors.Mutate(_bytes.Pick(ModelSeeds.SafetensorsFiles)), IsNetworkAlone: true);
        }

        var isNetworkAlone = random.Next(2) == 0;
        var zip = _bytes.Pick(isNetworkAlone ? ModelSeeds.NetworkZips : ModelSeeds.PipelineZips);
        var spoilt = random.Next(7) switch
        {
            0 => _bytes.Spoil(_zip.WithSeparators(zip)),
            1 => _zip.SpoilHeaders(_zip.WithSeparators(zip)),
            2 or 3 => _zip.WithSeparators(_onnx.Mutate(zip)),
            _ => _zip.WithSeparators(_zip.SpoilParts(zip)),
        };
        return new Mutant(ModelSeeds.Zip, spoilt, isNetworkAlone);
    }
}
