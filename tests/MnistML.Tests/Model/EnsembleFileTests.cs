using MnistML.Model;
using MnistML.Tests.Support;

namespace MnistML.Tests.Model;

/// <summary>Ensembles and encodings as safetensors.</summary>
internal sealed class EnsembleFileTests
{
    private static readonly MlpEncoding Encoding = Networks.Encoding(featureCount: 3);

    private static readonly MlpArchitecture OfMember = new(3, [5, 4], 2, encodedSize: Encoding.Columns.Count);

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Save_OfAnEnsemble_LoadsAsItWas([Values(1, 3)] int members)
    {
        var model = members == 1
            ? Networks.Random(OfMember, seed: 1, Encoding)
            : Networks.RandomEnsemble(OfMember, members, seed: 1, Encoding);
        var path = _folder.PathOf("model.safetensors");

        model.Save(path);
        var loaded = MlpModelParameters.Load(path);

        Assert.That(loaded.Architecture, Is.EqualTo(model.Architecture));
        Assert.That(loaded.Encoding, Is.EqualTo(Encoding));
        Assert.That(loaded.Members, Has.Count.EqualTo(members));
        Assert.That(loaded.ComputeHash(), Is.EqualTo(model.ComputeHash()));
    }

    /// <summary>So a member is a state dict of its own once the beginning of the names is cut off.</summary>
    [Test]
    public void Save_OfAnEnsemble_NamesTensorsByMember()
    {
        var path = _folder.PathOf("model.safetensors");
        Networks.RandomEnsemble(OfMember, members: 2, seed: 1, Encoding).Save(path);

        Assert.That(
            SafetensorsFile.Read(path).Tensors.Keys,
            Is.EquivalentTo(
            [
                "encoding.feature", "encoding.low", "encoding.high",
                "members.0.1.weight", "members.0.1.bias", "members.0.3.weight", "members.0.3.bias", "members.0.5.weight",
                "members.0.5.bias",
                "members.1.1.weight", "members.1.1.bias", "members.1.3.weight", "members.1.3.bias", "members.1.5.weight",
                "members.1.5.bias",
            ]));
    }

    [Test]
    public void Load_OfADamagedEnsemble_SaysWhatWasFound()
    {
        var path = _folder.PathOf("model.safetensors");
        Networks.RandomEnsemble(OfMember, members: 2, seed: 1, Encoding).Save(path);
        var file = SafetensorsFile.Read(path);

        AssertRefused(
            "'encoding.feature', 'encoding.low' and 'encoding.high' have 5, 5 and 0 values", tensors => tensors.Remove("encoding.high"));
        AssertRefused("must hold indices of features", tensors => tensors["encoding.feature"] = new([0.5f, 1, 2, 3, 4]));
        AssertRefused("its encoding gives 4", tensors =>
        {
            foreach (var name in (string[])["encoding.feature", "encoding.low", "encoding.high"])
            {
                tensors[name] = new(tensors[name].Values[..^1]);
            }
        });
        AssertRefused("Member 1 of", tensors => tensors.Remove("members.1.3.bias"));

        void AssertRefused(string message, Action<Dictionary<string, SafetensorsTensor>> damage)
        {
            var tensors = file.Tensors.ToDictionary();
            damage(tensors);
            (file with { Tensors = tensors }).Write(path);
            Assert.That(() => MlpModelParameters.Load(path), Throws.TypeOf<InvalidDataException>().With.Message.Contains(message));
        }
    }

    [Test]
    public void Layers_OfAnEnsemble_SaysWhereTheyAre()
    {
        var model = Networks.RandomEnsemble(OfMember, members: 2, seed: 1, Encoding);

        Assert.That(
            () => model.Layers,
            Throws.InvalidOperationException.With.Message.Contains("an ensemble of 2 networks").And.Message.Contains("Members[i].Layers"));
        Assert.That(model.Members[1].Layers, Has.Count.EqualTo(3));
        Assert.That(model.Architecture.ParameterCount, Is.EqualTo(2 * OfMember.ParameterCount));
        Assert.That($"{model.Architecture}", Is.EqualTo("3(5)-5-4-2 x 2"));
    }
}
