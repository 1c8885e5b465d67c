namespace Patron.IntegrationTests.Merges;

/// <summary>A record as the model of <see cref="MergeHistory"/> knows it.</summary>
internal sealed class MergeModelRecord
{
    public MergeModelRecord(string id, IReadOnlyList<string> addresses, bool isPartner)
    {
        (Id, IsPartner) = (id, isPartner);
        Family.Add(id);
        Primary = addresses.FirstOrDefault(address => address.StartsWith("primary ", StringComparison.Ordinal))?["primary ".Length..];
    }

    private MergeModelRecord(MergeModelRecord other)
    {
        (Id, Primary, Sms, SmsStatedAt, Tags, IsPartner) = (other.Id, other.Primary, other.Sms, other.SmsStatedAt, [.. other.Tags], other.IsPartner);
        (Account, Email, IsProven) = (other.Account, other.Email, other.IsProven);
        Family.AddRange(other.Family);
        Others.AddRange(other.Others);
        Comments.AddRange(other.Comments);
        foreach (var (field, value) in other.Values)
        {
            Values[field] = value;
        }
    }

    public string Id { get; }

    public List<string> Family { get; } = [];

    public Dictionary<string, string?> Values { get; } = [];

    public List<string> Tags { get; set; } = [];

    public bool Sms { get; set; }

    public int? SmsStatedAt { get; set; }

    public Guid? Account { get; set; }

    public string? Email { get; set; }

    /// <summary>Whether the account has proven the record's address.</summary>
    public bool IsProven { get; set; }

    public List<(string Origin, string Address)> Others { get; } = [];

    public List<string> Comments { get; } = [];

    public IEnumerable<string> Addresses => [.. Primary is null ? [] : new[] { $"primary {Primary}" }, .. Others.Select(other => other.Address)];

    private string? Primary { get; set; }

    private bool IsPartner { get; set; }

    public MergeModelRecord Copy() => new(this);

    public void Absorb(MergeModelRecord other)
    {
        foreach (var field in Values.Keys.ToList())
        {
            Values[field] ??= other.Values[field];
        }

        Tags = [.. Tags.Union(other.Tags)];

        // The newest statement of a record with a proven address; an account whose proof merges them has made none.
        var (stated, otherStated) = (IsProven ? SmsStatedAt : null, other.IsProven ? other.SmsStatedAt : null);
        Sms = (stated, otherStated) switch
        {
            (null, null) => Sms && other.Sms,
            _ => (otherStated ?? -1) > (stated ?? -1) ? other.Sms : Sms,
        };
        SmsStatedAt = SmsStatedAt > other.SmsStatedAt ? SmsStatedAt : other.SmsStatedAt ?? SmsStatedAt;
        var email = Account is null && other.Account is not null ? other.Email : Email;
        IsProven = email == Email ? IsProven || (email == other.Email && other.IsProven) : other.IsProven;
        (Account, Email) = (Account ?? other.Account, email);
        // The ERP owns the primary address of a record with a partner, also an empty one.
        var merged = IsPartner ? Primary : other.IsPartner ? other.Primary : Primary ?? other.Primary;
        if (Primary is not null && Primary != merged)
        {
            Others.Add((Id, $"other {Primary}"));
        }
        else if (other.Primary is not null && other.Primary != merged)
        {
            Others.Add((other.Id, $"other {other.Primary}"));
        }

        (Primary, IsPartner) = (merged, IsPartner || other.IsPartner);
        Others.AddRange(other.Others);
        Comments.AddRange(other.Comments);
        Family.AddRange(other.Family);
    }
}
