namespace Patron.Customers.Matching;

/// <summary>
/// What is known before any record is seen: how often each level occurs among records of one customer, and among two customers. With few
/// records it decides, with many it hardly counts.
/// </summary>
internal static class ModelPriors
{
    /// <summary>The levels of each comparison whose probabilities add up to 1, because the same values are missing.</summary>
    public static readonly IReadOnlyList<IReadOnlyList<IReadOnlyList<int>>> Groups = Build();

    public static double[] Matches(Comparison comparison) => comparison switch
    {
        Comparison.GivenName => [0, 0.74, 0.09, 0.03, 0.05, 0.02, 0.07],
        Comparison.Surname => [0, 0.78, 0.09, 0.03, 0.02, 0.02, 0.06],
        Comparison.NameOrder => [0, 0.97, 0.03],
        Comparison.Company => [0, 0.55, 0.16, 0.10, 0.09, 0.04, 0.06, 0.7, 0.3],
        Comparison.BirthDate => [0, 0.84, 0.02, 0.06, 0.03, 0.015, 0.015, 0.02],
        Comparison.Phone => [0, 0.70, 0.06, 0.24],
        Comparison.Email => [0, 0.65, 0.08, 0.05, 0.04, 0.03, 0.03, 0.12],
        Comparison.TaxId => [0, 0.88, 0.07, 0.05],
        Comparison.HouseNumber => [0, 0.84, 0.05, 0.11],
        Comparison.Street => [0, 0.70, 0.10, 0.03, 0.04, 0.01, 0.11, 0.01],
        Comparison.AddressLine2 => [0, 0.60, 0.12, 0.28],
        Comparison.Place => [0, 0.80, 0.10, 0.10, 0.82, 0.70, 0.07, 0.04, 0.08, 0.05, 0.01, 0.01, 0.10, 0.05, 0.01, 0.06],
        _ => [0, 0.85, 0.12, 0.03],
    };

    public static double[] Others(Comparison comparison) => comparison switch
    {
        Comparison.GivenName => [0, 4e-3, 4e-3, 8e-3, 8e-3, 0.03, 0.946],
        Comparison.Surname => [0, 1e-3, 2e-3, 5e-3, 2e-3, 0.02, 0.97],
        Comparison.NameOrder => [0, 1, 1], // Names agree by chance in either order.
        Comparison.Company => [0, 1e-4, 1e-4, 4e-4, 3e-3, 0.01, 0.9864, 0.01, 0.99],
        Comparison.BirthDate => [0, 4e-5, 2e-5, 6e-4, 4e-3, 3e-3, 0.02, 0.97238],
        Comparison.Phone => [0, 1e-5, 2e-5, 0.99997],
        Comparison.Email => [0, 2e-6, 1e-5, 3e-4, 2e-4, 2e-3, 3e-3, 0.994488],
        Comparison.TaxId => [0, 1e-6, 1e-5, 0.999989],
        Comparison.HouseNumber => [0, 0.01, 0.06, 0.93],
        Comparison.Street => [0, 1e-3, 1e-3, 3e-3, 4e-3, 0.02, 0.9708, 2e-4],
        Comparison.AddressLine2 => [0, 3e-3, 8e-3, 0.989],
        Comparison.Place => [0, 0.01, 0.02, 0.97, 1e-3, 9e-4, 1e-5, 9e-5, 4e-3, 5e-4, 1e-4, 3.4e-3, 0.995, 9e-3, 0.02, 0.966],
        _ => [0, 0.15, 0.80, 0.05],
    };

    /// <summary>Pairs of levels of which the first says more for a match than the second.</summary>
    public static IReadOnlyList<(int Better, int Worse)> Ladder(Comparison comparison) => comparison switch
    {
        Comparison.GivenName or Comparison.Surname or Comparison.Company or Comparison.Street =>
            [(1, 2), (2, 3), (2, 4), (3, 5), (4, 5), (5, 6)],
        Comparison.BirthDate => [(1, 2), (1, 3), (3, 4), (3, 5), (4, 6), (5, 6), (6, 7)],
        Comparison.Email => [(1, 2), (2, 3), (2, 4), (3, 6), (4, 5), (5, 7), (6, 7)],
        Comparison.Place =>
            [(1, 2), (2, 3), (4, 8), (8, 12), (5, 6), (6, 7), (5, 9), (9, 10), (10, 11), (9, 13), (13, 14), (14, 15), (11, 15)],
        Comparison.NameOrder => [],
        _ => [(1, 2), (2, 3)],
    };

    private static IReadOnlyList<int>[][] Build()
    {
        var groups = new IReadOnlyList<int>[ComparisonVector.Count][];
        for (var comparison = 0; comparison < groups.Length; comparison++)
        {
            groups[comparison] = [[.. Enumerable.Range(1, Matches((Comparison)comparison).Length - 1)]];
        }

        groups[(int)Comparison.Company] = [[1, 2, 3, 4, 5, 6], [7, 8]];
        groups[(int)Comparison.Place] = [[1, 2, 3], [4, 8, 12], [5, 6, 7, 9, 10, 11, 13, 14, 15]];
        return groups;
    }
}
