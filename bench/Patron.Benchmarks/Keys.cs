using BenchmarkDotNet.Attributes;
using Patron.Customers.Customers;
using Patron.Shared.Text;

namespace Patron.Benchmarks;

/// <summary>Conversion of names, addresses and phone numbers into their comparison keys.</summary>
public class Keys
{
    private readonly PhoneNumberParser phones = new("DE");

    [Params("Jane Doe", "Łukasz Müller-Nguyễn")]
    public string Name { get; set; } = "";

    [Benchmark]
    public string UsernameBase() => Usernames.Base(Name);

    [Benchmark]
    public string FoldingKey() => Folding.Key(Name);

    [Benchmark]
    public bool EmailKey() => EmailAddress.TryParse("Jane.Doe@Example.com", out _);

    [Benchmark]
    public string? InternationalPhone() => phones.ToE164("+1 (555) 0123-456 ext. 7");

    [Benchmark]
    public string? NationalPhone() => phones.ToE164("030 1234567");
}
