using MnistML.Common;

namespace MnistML.Tests.Common;

public sealed class ValueListTests
{
    [Test]
    public void Equals_SameItems_IsTrueWithTheSameHashCode()
    {
        ValueList<int> list = [5, 3];
        ValueList<int> other = [5, 3];

        Assert.That(list.Equals(other), Is.True);
        Assert.That(list.Equals((object)other), Is.True);
        Assert.That(list.GetHashCode(), Is.EqualTo(other.GetHashCode()));
    }

    [Test]
    public void Equals_OtherItems_IsFalse()
    {
        ValueList<int> list = [5, 3];

        ValueList<int> otherOrder = [3, 5];
        ValueList<int> shorter = [5];

        Assert.That(list.Equals(otherOrder), Is.False);
        Assert.That(list.Equals(shorter), Is.False);
        Assert.That(list.Equals((object)"[5, 3]"), Is.False);
        Assert.That(list.Equals(null), Is.False);
    }

    [Test]
    public void Create_ArrayChangedAfterwards_KeepsItems()
    {
        int[] items = [5, 3];
        ValueList<int> spread = [.. items];
        var created = ValueList.Create<int>(items);

        items[0] = 7;

        Assert.That(spread, Is.EqualTo(new[] { 5, 3 }));
        Assert.That(created, Is.EqualTo(new[] { 5, 3 }));
    }

    [Test]
    public void List_Items_AreCountedIndexedAndWritten()
    {
        ValueList<string> list = ["ant", "bee"];

        Assert.That(list.Count, Is.EqualTo(2));
        Assert.That(list[1], Is.EqualTo("bee"));
        Assert.That(list.ToString(), Is.EqualTo("[ant, bee]"));
    }
}
