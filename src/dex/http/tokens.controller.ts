import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Config } from '../../platform/config/config.js';

class TokenView {
  @ApiProperty({ example: 'SOL' }) symbol!: string;
  @ApiProperty({ example: 'So11111111111111111111111111111111111111112' }) mint!: string;
  @ApiProperty({ type: 'integer', example: 9 }) decimals!: number;
  @ApiProperty({ example: 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA' }) tokenProgram!: string;
}

class TokensView {
  @ApiProperty({ type: [TokenView] }) tokens!: TokenView[];
}

@ApiTags('market')
@Controller('tokens')
export class TokensController {
  constructor(private readonly config: Config) {}

  @Get()
  @ApiOperation({
    operationId: 'listTokens',
    summary: 'The tokens that can be traded',
    description: 'Those that come along, and those of TOKENS_FILE.',
  })
  @ApiOkResponse({ type: TokensView })
  list(): TokensView {
    return {
      tokens: this.config.tokens.tokens.map(({ symbol, mint, decimals, tokenProgram }) => ({
        symbol,
        mint,
        decimals,
        tokenProgram,
      })),
    };
  }
}
