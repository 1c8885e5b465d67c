using BenchmarkDotNet.Attributes;
using Patron.Accounts.Passwords;

namespace Patron.Benchmarks;

/// <summary>The cost of the first sign-in with a password hash imported from Laravel or PHP.</summary>
public class BcryptCheck
{
    private ForeignHash hash = null!;

    [Params(10, 12)]
    public int Cost { get; set; }

    [GlobalSetup]
    public void Read() => hash = BcryptHash.ReadBcrypt($"$2y${Cost}$abcdefghijklmnopqrstuuup7BMSI5NvNsx1i2AGHV6AZp0XWjeNS").Value;

    [Benchmark]
    public bool Fits() => hash.Fits("correct horse battery staple");
}
