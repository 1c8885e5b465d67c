using FsCheck;
using FsCheck.Fluent;
using Patron.Shared.Secrets;

namespace Patron.UnitTests.Shared;

public sealed class MasterKeyTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("patron-master-key-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Wrapped_bytes_are_unwrapped_and_each_wrapping_differs()
    {
        var key = Key(1);
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), plain =>
        {
            var wrapped = key.Wrap(plain);
            return key.Unwrap(wrapped)!.SequenceEqual(plain) && !wrapped.SequenceEqual(key.Wrap(plain));
        }));
    }

    [Fact]
    public void Damaged_bytes_or_another_key_return_null()
    {
        var wrapped = Key(1).Wrap([1, 2, 3]);
        Assert.Null(Key(2).Unwrap(wrapped));
        Assert.Null(Key(1).Unwrap(wrapped.AsSpan(0, wrapped.Length - 1)));
        Assert.Null(Key(1).Unwrap([]));
        for (var place = 0; place < wrapped.Length; place++)
        {
            var damaged = (byte[])wrapped.Clone();
            damaged[place] ^= 1;
            Assert.Null(Key(1).Unwrap(damaged));
        }
    }

    [Fact]
    public void Each_purpose_has_its_own_key()
    {
        Assert.Equal(Key(1).Derive("a"), Key(1).Derive("a"));
        Assert.NotEqual(Key(1).Derive("a"), Key(1).Derive("b"));
        Assert.NotEqual(Key(1).Derive("a"), Key(2).Derive("a"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MA==")]
    [InlineData("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEy")]
    [InlineData("not base64 at all, but long enough to be one")]
    public void Malformed_key_is_refused_with_a_sentence(string text) =>
        Assert.Contains("32 bytes", Assert.Throws<FormatException>(() => MasterKey.FromBase64(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Concurrent_calls_create_one_owner_only_file()
    {
        // Repeated, because the time window of the race is short.
        for (var round = 0; round < 50; round++)
        {
            var path = Path.Combine(folder, $"made{round}", "master.key");
            var keys = Enumerable.Range(0, 8).AsParallel().WithDegreeOfParallelism(8).Select(_ => MasterKey.FromFile(path).Derive("x")).ToList();
            Assert.All(keys, key => Assert.Equal(keys[0], key));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            Assert.Equal(["master.key"], Directory.GetFiles(Path.GetDirectoryName(path)!).Select(Path.GetFileName));
        }
    }

    private static MasterKey Key(byte value) => MasterKey.FromBase64(Convert.ToBase64String([.. Enumerable.Repeat(value, MasterKey.Length)]));
}
