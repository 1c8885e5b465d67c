using Patron.Shared.Tokens;

namespace Patron.UnitTests.Tokens;

public class VerifiedTokenCacheTests
{
    private readonly TokenSetup setup = new();

    [Fact]
    public void Cached_token_needs_no_key_and_no_allocation()
    {
        var token = setup.SomeToken();
        var first = setup.Verify(token);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 1000; round++)
        {
            Assert.Same(first, setup.Verify(token));
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 8_000);
        Assert.Equal(1, setup.Keys.LookUps);
    }

    [Fact]
    public void Cached_token_is_refused_after_its_expiry()
    {
        var token = setup.TokenWithClaim("exp", $"{setup.Now + 60}");
        Assert.NotNull(setup.Verify(token));

        setup.Time.Advance(TimeSpan.FromSeconds(89));
        Assert.NotNull(setup.Verify(token));
        setup.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(setup.Verify(token));
        Assert.Equal(1, setup.Keys.LookUps);
    }

    [Fact]
    public void Tokens_of_a_removed_key_are_refused_within_five_minutes()
    {
        var token = setup.SomeToken();
        Assert.NotNull(setup.Verify(token));
        setup.Keys.Replace();

        setup.Time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        Assert.NotNull(setup.Verify(token));
        setup.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(setup.Verify(token));
    }

    [Fact]
    public void Cached_token_is_verified_again_after_five_minutes()
    {
        var token = setup.SomeToken();
        Assert.NotNull(setup.Verify(token));
        setup.Time.Advance(TimeSpan.FromMinutes(5));

        Assert.NotNull(setup.Verify(token));
        Assert.NotNull(setup.Verify(token));
        Assert.Equal(2, setup.Keys.LookUps);
    }

    [Fact]
    public void Refused_tokens_are_not_cached()
    {
        Assert.Null(setup.Verify(setup.TokenWithClaim("exp", "1")));
        Assert.Null(setup.Verify(setup.SomeToken() + "A"));
        Assert.Equal(0, setup.Verifier.CachedTokens);
    }

    [Fact]
    public void Cache_does_not_exceed_its_capacity()
    {
        var small = new TokenSetup(cacheCapacity: 10);
        for (var round = 0; round < 100; round++)
        {
            var token = small.SomeToken();
            Assert.NotNull(small.Verify(token));
            Assert.InRange(small.Verifier.CachedTokens, 1, 10);
        }
    }

    [Fact]
    public void Latest_tokens_are_cached()
    {
        var small = new TokenSetup(cacheCapacity: 10);
        var tokens = Enumerable.Range(0, 23).Select(_ => small.SomeToken()).ToList();
        Assert.All(tokens, token => Assert.NotNull(small.Verify(token)));
        var lookUps = small.Keys.LookUps;

        Assert.All(tokens.TakeLast(5), token => Assert.NotNull(small.Verify(token)));
        Assert.Equal(lookUps, small.Keys.LookUps);
        Assert.NotNull(small.Verify(tokens[0]));
        Assert.Equal(lookUps + 1, small.Keys.LookUps);
    }

    [Fact]
    public void Capacity_is_respected_by_many_threads()
    {
        var cache = new VerifiedTokenCache(1000);
        var claims = setup.SomeClaims();
        var now = setup.Time.GetUtcNow();
        Parallel.For(0, 50_000, new ParallelOptions { MaxDegreeOfParallelism = 16 }, number =>
        {
            cache.Add(TokenFingerprint.Compute(BitConverter.GetBytes(number)), claims, now.AddMinutes(5));
            if (number % 1000 == 0)
            {
                Assert.InRange(cache.Count, 0, 1000);
            }
        });

        Assert.InRange(cache.Count, 500, 1000);
    }
}
