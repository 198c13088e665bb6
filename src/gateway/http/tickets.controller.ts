import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../../platform/auth/access.js';
import type { Caller } from '../../platform/auth/authenticator.js';
import { CurrentCaller } from '../../platform/auth/current-user.js';
import { OwnerQuery } from '../../platform/auth/owner.query.js';
import { DatabaseDeadline } from '../../platform/http/database-deadline.js';
import { Tickets } from '../tickets.js';

class TicketView {
  @ApiProperty({
    description: 'Give it as `?ticket=` to `/ws`, once',
    example: 'rB6sVvN3m1n0uKq2w8xYzA4tE5cG7hJ9kLpQdSfUiOo',
  })
  ticket!: string;
  @ApiProperty({ type: String, format: 'date-time', example: '2026-11-22T10:00:30.000Z' }) expiresAt!: string;
}

@ApiTags('stream')
@Controller('ws/tickets')
export class TicketsController {
  constructor(private readonly tickets: Tickets) {}

  @Post()
  @HttpCode(201)
  @RequireScope('orders:read')
  @ApiOperation({
    operationId: 'createStreamTicket',
    summary: 'A ticket for one WebSocket connection',
    description: 'For browsers, which can not send a header with it. Good once, for 30 seconds.',
  })
  @ApiCreatedResponse({ type: TicketView })
  @DatabaseDeadline()
  async issue(@CurrentCaller() caller: Caller, @Body() _owner: OwnerQuery): Promise<TicketView> {
    const { text, expiresAt } = await this.tickets.issue(caller);
    return { ticket: text, expiresAt: expiresAt.toISOString() };
  }
}
