namespace Patron.Customers.Matching;

/// <summary>What is compared between two records.</summary>
internal enum Comparison : byte
{
    GivenName,
    Surname,
    NameOrder,
    Company,
    BirthDate,
    Phone,
    Email,
    TaxId,
    HouseNumber,
    Street,
    AddressLine2,
    Place,
    Region,
}

/// <summary>How alike two names are; streets and companies have the same levels.</summary>
internal enum NameLevel : byte
{
    Missing,
    Equal,

    /// <summary>One edit, or only blanks or the order of words differ.</summary>
    Near,
    Similar,

    /// <summary>An initial, a short form, or a part of the words.</summary>
    Partial,
    Weak,
    Different,

    /// <summary>Streets: found in the other line of the address. Companies: the same employer of two people.</summary>
    Elsewhere,

    /// <summary>Companies: two employers.</summary>
    DifferentElsewhere,
}

/// <summary>How alike two birth dates are.</summary>
internal enum DateLevel : byte
{
    Missing,
    Equal,
    Swapped,
    OneDigit,

    /// <summary>Two of year, month and day are equal, or it is at most a month between them.</summary>
    TwoParts,
    TwoDigits,
    OneYear,
    Different,
}

/// <summary>How alike two values with many signs are: phone numbers, tax ids, house numbers, second lines, states.</summary>
internal enum CodeLevel : byte
{
    Missing,
    Equal,
    Near,
    Different,
}

/// <summary>How alike two email addresses are.</summary>
internal enum EmailLevel : byte
{
    Missing,
    Equal,
    Near,
    SameLocalPart,
    Similar,

    /// <summary>A domain that few customers have.</summary>
    SameDomain,

    /// <summary>The same local part that consists of the person's names, as namesakes have it at two providers.</summary>
    SameNames,
    Different,
}

/// <summary>
/// The result of comparing two records: one level for each <see cref="Comparison"/>, four bits each; 0 is not comparable.
/// </summary>
public readonly record struct ComparisonVector(ulong Bits)
{
    internal const int Levels = 16;
    internal const int Count = (int)Comparison.Region + 1;

    internal int this[Comparison comparison] => (int)(Bits >> (4 * (int)comparison)) & (Levels - 1);

    internal NameLevel GivenName => (NameLevel)this[Comparison.GivenName];

    internal NameLevel Surname => (NameLevel)this[Comparison.Surname];

    internal NameLevel Company => (NameLevel)this[Comparison.Company];

    internal bool HasSwappedNames => this[Comparison.NameOrder] == 2;

    internal DateLevel BirthDate => (DateLevel)this[Comparison.BirthDate];

    internal CodeLevel Phone => (CodeLevel)this[Comparison.Phone];

    internal EmailLevel Email => (EmailLevel)this[Comparison.Email];

    internal CodeLevel TaxId => (CodeLevel)this[Comparison.TaxId];

    internal CodeLevel HouseNumber => (CodeLevel)this[Comparison.HouseNumber];

    internal NameLevel Street => (NameLevel)this[Comparison.Street];

    internal CodeLevel AddressLine2 => (CodeLevel)this[Comparison.AddressLine2];

    /// <summary>The postal code and the city, which depend on each other, are one comparison.</summary>
    internal CodeLevel PostalCode => (CodeLevel)(this[Comparison.Place] >> 2);

    internal CodeLevel City => (CodeLevel)(this[Comparison.Place] & 3);

    internal CodeLevel Region => (CodeLevel)this[Comparison.Region];

    internal ComparisonVector With(Comparison comparison, int level) => new(Bits | ((ulong)level << (4 * (int)comparison)));
}
